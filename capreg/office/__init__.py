"""The hub's books: clients, printouts, sales and the ledger."""
