"""The run: pytest collects the examples, plays them and records what came of each."""
