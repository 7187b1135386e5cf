"""The scoring artifact as an MLflow model."""
