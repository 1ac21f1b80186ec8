"""From what happened to verdicts, results, known failures and what a person reads of them."""
