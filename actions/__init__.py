"""The action server: decides what to do about what the shopper means, and serves the knowledge base."""
