"""Raw rows to numbers and evidence: policy, tables, normalization, tokens, signals, context."""
