"""Made-up requests of every kind, from everybody: no crash, no answer that was not declared, no key given away."""
