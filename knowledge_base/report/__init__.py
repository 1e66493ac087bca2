"""The report on how good search is: figures of each suite as JSON, and one page rendered from them all."""
