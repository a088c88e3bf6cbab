"""An admin, or an inline, that changes nothing."""


class ReadOnly:
    """Who may view it may do nothing else with it."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
