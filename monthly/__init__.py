"""The published month: counts, prevalence, revision, charts and page."""
