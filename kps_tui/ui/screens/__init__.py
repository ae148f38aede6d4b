"""The screens: state and handlers."""
