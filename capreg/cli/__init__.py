"""The commands: words -> one call -> one view.

Each command lives in the module that this table names, and is loaded only when it runs. To add one, write its
module and name it here with the first line of its help.
"""

COMMANDS = {
    "init": ("capreg.cli.init:init", "Make a new registry."),
    "check": ("capreg.cli.check:check", "Tell all that is wrong with a registry, its office included."),
    "search": ("capreg.cli.search:search", "Find the records that meet a query."),
    "printout": ("capreg.cli.printout:printout", "Print the short printout of a search for a client."),
    "profile": ("capreg.cli.profile:profile", "Sell the detailed profile of a record to a client."),
    "show": ("capreg.cli.show:show", "Show one record to the hub's own eyes."),
    "fields": ("capreg.cli.fields:fields", "List the fields of a kind, and how each is searched."),
    "vocabulary": (
        "capreg.cli.vocabulary:vocabulary",
        "Browse the vocabularies, and how many records state each word.",
    ),
    "template": (
        "capreg.cli.template:template",
        "Make the questionnaire of a kind: a workbook, a form to print, or YAML.",
    ),
    "import": ("capreg.cli.import_:import_", "Take the rows of a file into the registry, by a mapping."),
    "new": ("capreg.cli.new:new", "Make a new record, question by question."),
    "edit": ("capreg.cli.edit:edit", "Edit a record in your editor, or set single values."),
    "rename": ("capreg.cli.rename:rename", "Give a record another id; it is still found by the old one."),
    "remove": ("capreg.cli.remove:remove", "Remove a record from the registry."),
    "stale": (
        "capreg.cli.stale:stale",
        "List what is too old, lapses or was never verified; letters that ask for it.",
    ),
    "verify": ("capreg.cli.verify:verify", "Note who verified fields of a record, how and when."),
    "export": ("capreg.cli.export:export", "Write the registry, or what a query finds, as a file for others."),
    "client": ("capreg.cli.client:client", "Add, list, show, edit and close the clients of the office."),
    "member": ("capreg.cli.member:member", "Let firms join and leave, and list the members."),
    "price": ("capreg.cli.price:price", "List the prices, and change one from a day on."),
    "fees": ("capreg.cli.fees:fees", "List the fees that are not paid, or enter those that are due."),
    "ledger": ("capreg.cli.ledger:ledger", "List what was charged; verify, reverse, close and export the ledger."),
    "invoice": ("capreg.cli.invoice:invoice", "Invoice what was charged to a client and is not invoiced yet."),
    "report": ("capreg.cli.report:report", "Income, what was asked for, what nobody had, and who was never found."),
    "office": ("capreg.cli.office:office", "Back the office up as one encrypted file, and put it back."),
    "diff": (
        "capreg.cli.diff:diff",
        "Tell what differs between two registries or bundles, or between a registry and itself on a day before.",
    ),
    "history": (
        "capreg.cli.history:history",
        "Tell all changes of one record, the newest first: when, and what from what to what.",
    ),
    "bundle": (
        "capreg.cli.bundle:bundle",
        "Write the registry, or a part of it, as one signed file; verify, open and update such a file.",
    ),
    "grant": (
        "capreg.cli.grant:grant",
        "Open what was bought sealed; order from an offline copy, and take such orders.",
    ),
    "key": ("capreg.cli.key:key", "Make a client's key, and tell the public half of a key."),
    "index": ("capreg.cli.index:index", "Bring the index of a registry up to date, looking at every file."),
    "help": ("capreg.cli.help:help", "Explain a command, the query language or the exit codes."),
}
