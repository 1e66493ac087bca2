"""The agent's side: the desk's page, its sign-in, and its socket."""
