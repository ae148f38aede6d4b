"""The widgets: each shows frozen values it is given and answers with messages of its own."""
