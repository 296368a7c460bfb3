"""Blueprints: how many items of each module and cognitive level a form has."""
