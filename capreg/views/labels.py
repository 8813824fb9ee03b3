"""The words of documents, in English and Italian."""

LABELS = {
    "hub": ("Hub", "Centro"),
    "client": ("Client", "Cliente"),
    "query": ("Query", "Richiesta"),
    "date": ("Date", "Data"),
    "hits": ("Hits", "Risultati"),
    "printout": ("Short printout", "Stampa breve"),
    "profile": ("Detailed profile", "Profilo dettagliato"),
    "number": ("Number", "Numero"),
    "receipt": ("Ledger entry", "Registrazione"),
    "distance": ("Distance", "Distanza"),
    "yes": ("yes", "sì"),
    "no": ("no", "no"),
    "from": ("from", "da"),
    "up to": ("up to", "fino a"),
    "id": ("Id", "Id"),
    "nothing": ("No record meets the query.", "Nessuna scheda soddisfa la richiesta."),
    "shown": ("shown", "in elenco"),
    "owned": ("Yours until", "Disponibile fino al"),
    "field": ("Field", "Campo"),
    "value": ("Value", "Valore"),
    "client id": ("Client", "Cliente"),
    "client name": ("Name", "Nome"),
    "client since": ("Since", "Dal"),
    "client email": ("E-mail", "E-mail"),
    "entry number": ("Entry", "N."),
    "entry at": ("At (UTC)", "Il (UTC)"),
    "entry client": ("Client", "Cliente"),
    "entry what": ("What", "Voce"),
    "entry kind": ("Kind", "Tipo"),
    "entry record": ("Record", "Scheda"),
    "entry amount": ("Amount", "Importo"),
    "entry currency": ("Currency", "Valuta"),
    "entry until": ("Until", "Fino al"),
}
LANGUAGES = ("en", "it")


def label(key: str, language: str) -> str:
    """Return a word of documents in a language (`en`, `it`)."""
    return LABELS[key][LANGUAGES.index(language)]
