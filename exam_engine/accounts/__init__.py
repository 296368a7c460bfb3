"""Users, roles, permissions and login sessions."""
