"""Accounts, sign-in and roles: what desk, editor and reports share."""
