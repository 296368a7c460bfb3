"""The question bank: items with versions and review, import, calibration results, blueprints, assembly."""
