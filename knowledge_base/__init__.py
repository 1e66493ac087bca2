"""The knowledge base: articles, and the search that finds the right one and knows when it has not."""
