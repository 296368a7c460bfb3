"""Equal forms from the bank: assembly to a blueprint, judgement, publication."""
