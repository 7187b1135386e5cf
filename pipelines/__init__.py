"""One thin module a stage (read, call, write) and the command line."""
