"""The simulated marketplace: hand-written documents become months of tables."""
