"""What people do with what they have said: lists, search, folders, import, export, sharing, retention."""
