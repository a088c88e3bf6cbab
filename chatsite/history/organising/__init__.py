"""What a person does with conversations: pin, archive, put into folders, delete and restore them, one or many."""
