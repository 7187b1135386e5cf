"""Text scorers, classifier, calibration, thresholds, metrics, explanation and the scorer."""
