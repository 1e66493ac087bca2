"""The shopper's side: sockets, turns of the assistant, offers."""
