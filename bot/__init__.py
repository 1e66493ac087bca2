"""The chat server: widgets, conversations, ownership and the desk."""
