"""What is shown of conversations: sockets, event streams, commands, events and pages."""
