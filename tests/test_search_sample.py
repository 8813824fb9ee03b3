"""The query language by example: (query as typed in a shell, the ids of its hits in the sample registry on 2026-11-22)."""

import shlex
from datetime import date

import pytest

from capreg.index.find import find
from capreg.query.language import join
from capreg.store.registry import Registry

DAY = date(2026, 11, 22)

TABLE = [
    # One process, with all that is below it in the vocabulary.
    ("process:milling material:titanium", "aeromeccanica-forlivese corse-meccanica-maranello tecnofresa-emiliana"),
    (
        "process:5-axis-milling",
        "aeromeccanica-forlivese corse-meccanica-maranello imola-precisione leghe-reggiane meccanica-centese officine-savena "
        "placentia-utensili prototipi-spilamberto tecnofresa-emiliana",
    ),
    ("process:swiss-turning", "torneria-frignano"),
    (
        "process:grinding",
        "imola-precisione ingranaggi-calderara lame-langhirano placentia-utensili rettifiche-formigine stampi-ceramici-sassuolo",
    ),
    (
        "process:welding",
        "carpenteria-anzola carpenterie-guastalla carpenterie-navali-ravenna inox-taro lamiere-idice saldature-castelfranco",
    ),
    ("process:additive-manufacturing", "prototipi-spilamberto"),
    # A word goes by its labels and synonyms, in English and Italian.
    ("process:fantina-mobile", "torneria-frignano"),
    ("process:pressofusione", "pressofusioni-modenesi"),
    ('process:"wire EDM"', "stampi-granarolo"),
    ("material:ottone process:tornitura", "officine-savena torneria-frignano torneria-lughese torneria-reno"),
    # A comma is OR.
    (
        "process:anodising,hard-anodising material:en-aw-7075",
        "corse-meccanica-maranello galvanica-santerno leghe-reggiane",
    ),
    ("process:wire-edm,sinker-edm", "stampi-granarolo"),
    (
        "certificate:as9100,iso-13485",
        "aeromeccanica-forlivese corse-meccanica-maranello imola-precisione plastomed-mirandola tempra-secchia torneria-frignano",
    ),
    # Process, material and tolerance are met by one and the same capability.
    (
        "process:milling material:aluminium tolerance:..0.01mm",
        "aeromeccanica-forlivese corse-meccanica-maranello fresatura-borghigiana fresatura-felsinea imola-precisione leghe-reggiane "
        "meccanica-centese meccanica-marecchia officina-dell-artigiano officine-savena parma-alimentare-meccanica placentia-utensili "
        "tecnofresa-emiliana",
    ),
    (
        "process:milling material:steel tolerance:..0.01mm",
        "imola-precisione meccanica-marecchia officine-savena parma-alimentare-meccanica placentia-utensili stampi-ceramici-sassuolo "
        "stampi-granarolo",
    ),
    (
        "process:turning material:aluminium tolerance:..0.01mm",
        "aeromeccanica-forlivese corse-meccanica-maranello officine-savena torneria-lughese torneria-reno",
    ),
    ("material:tool-steel roughness:..0.3um", "imola-precisione rettifiche-formigine stampi-granarolo"),
    (
        "tolerance:..4um",
        "ingranaggi-calderara placentia-utensili rettifiche-formigine sala-metrologica-castenaso stampi-granarolo",
    ),
    (
        "'tolerance:<0.005mm'",
        "ingranaggi-calderara placentia-utensili rettifiche-formigine sala-metrologica-castenaso stampi-granarolo",
    ),
    ("lead_time:..4d", "corse-meccanica-maranello prototipi-spilamberto sala-metrologica-castenaso"),
    ("lead_time:1wk process:milling", "corse-meccanica-maranello prototipi-spilamberto"),
    # The part fits in any orientation; mass, thickness, diameter and length lie within what the firm takes.
    (
        "process:milling material:aluminium size:500x400x300mm tolerance:..0.01mm",
        "aeromeccanica-forlivese corse-meccanica-maranello fresatura-borghigiana fresatura-felsinea leghe-reggiane meccanica-centese "
        "meccanica-marecchia officine-savena parma-alimentare-meccanica placentia-utensili tecnofresa-emiliana",
    ),
    (
        "process:milling material:aluminium size:30x50x40cm tolerance:..0.008mm",
        "aeromeccanica-forlivese corse-meccanica-maranello leghe-reggiane meccanica-marecchia officine-savena tecnofresa-emiliana",
    ),
    ("size:5x2x2m", "carpenteria-anzola carpenterie-guastalla carpenterie-navali-ravenna inox-taro"),
    (
        "process:milling mass:1t",
        "carpenterie-guastalla placentia-utensili stampi-ceramici-sassuolo tecnofresa-emiliana",
    ),
    ("process:injection-moulding mass:2kg", "tecnopolimeri-correggio"),
    ("process:laser-cutting material:aluminium thickness:3mm", "carpenteria-anzola lamiere-idice"),
    ("process:laser-cutting material:aluminium thickness:10mm", "carpenteria-anzola"),
    ("process:laser-cutting thickness:1..2cm", "carpenteria-anzola lamiere-idice"),
    ("process:gear-hobbing diameter:600mm", "ingranaggi-tresinaro"),
    ("process:turning length:1m", "stampi-ceramici-sassuolo"),
    # The batch lies within the firm's range.
    (
        "process:milling batch:2000",
        "leghe-reggiane meccanica-centese officine-savena pressofusioni-modenesi torneria-reno",
    ),
    ("process:turning batch:1..50", "corse-meccanica-maranello stampi-ceramici-sassuolo"),
    ("process:injection-moulding batch:1000", "stampaggio-setta tecnopolimeri-correggio"),
    ("process:injection-moulding batch:500..200000", "stampaggio-setta"),
    ("process:injection-moulding batch:2000000", "plastomed-mirandola"),
    # A further head opens a further part, met by another capability of the same firm.
    (
        "process:milling process:anodising",
        "corse-meccanica-maranello fresatura-felsinea leghe-reggiane meccanica-centese",
    ),
    ("process:milling tolerance:..0.01mm process:anodising in_house:yes", "leghe-reggiane meccanica-centese"),
    (
        "tolerance:..0.01mm process:milling process:turning",
        "aeromeccanica-forlivese corse-meccanica-maranello meccanica-marecchia officine-savena",
    ),
    (
        "material:steel process:milling process:turning",
        "lavorazioni-santarcangelo meccanica-marecchia officine-savena parma-alimentare-meccanica",
    ),
    (
        "process:milling certificate:iso-9001 process:mechanical-assembly employees:20..",
        "placentia-utensili tecnofresa-emiliana",
    ),
    # Certificates: one that includes another meets it; what has lapsed, is not yet valid or has no last day does not.
    ("certificate:iatf-16949", "ingranaggi-calderara leghe-reggiane pressofusioni-modenesi tecnopolimeri-correggio"),
    (
        "certificate:iso-9001 process:milling material:aluminium tolerance:..0.01mm",
        "aeromeccanica-forlivese corse-meccanica-maranello fresatura-borghigiana fresatura-felsinea imola-precisione leghe-reggiane "
        "meccanica-marecchia officine-savena parma-alimentare-meccanica placentia-utensili tecnofresa-emiliana",
    ),
    ("certificate:nadcap", "tempra-secchia"),
    ("certificate:en-1090", "carpenteria-anzola carpenterie-guastalla"),
    ("certificate:iso-13485", "imola-precisione plastomed-mirandola torneria-frignano"),
    (
        "certificate:iso-14001",
        "galvanica-santerno ingranaggi-calderara leghe-reggiane ossidazione-bidente tecnopolimeri-correggio",
    ),
    (
        "certificate:iso-9001 certificate:iso-14001",
        "ingranaggi-calderara leghe-reggiane ossidazione-bidente tecnopolimeri-correggio",
    ),
    ("certificate:iso-9001 process:tig-welding", "carpenterie-navali-ravenna"),
    ('certificate:"UNI EN ISO 9001:2015" employees:..8', "imola-precisione"),
    (
        "certificate:iso-9001 issuer:appennino",
        "avvolgimenti-faenza cesena-packaging-meccanica elettronica-riviera gomma-budrio guarnizioni-enza imbutitura-fiorano "
        "imola-precisione lamiere-idice meccanica-marecchia",
    ),
    # NOT: a NOT of what is not stated is no hit.
    (
        "^certificate:iso-9001",
        "articoli-gomma-panaro cablaggi-ghirlandina galvanica-santerno gomma-lamone lame-langhirano meccanica-centese prototipi-spilamberto "
        "sala-metrologica-castenaso",
    ),
    ("^certificate:quality-management process:milling", "meccanica-centese prototipi-spilamberto"),
    (
        "process:milling ^material:aluminium",
        "placentia-utensili stampi-ceramici-sassuolo stampi-granarolo torneria-lughese",
    ),
    (
        "process:milling ^tolerance:..0.01mm",
        "carpenterie-guastalla leghe-reggiane oleodinamica-carpigiana pressofusioni-modenesi stampi-granarolo torneria-lughese "
        "torneria-reno",
    ),
    (
        "process:milling material:aluminium ^tolerance:..0.01mm",
        "carpenterie-guastalla leghe-reggiane oleodinamica-carpigiana pressofusioni-modenesi stampi-granarolo torneria-reno",
    ),
    ("process:turning ^material:steel", "polimeri-estensi stampi-ceramici-sassuolo torneria-lughese"),
    ("^(process:milling material:aluminium) process:milling", "stampi-ceramici-sassuolo torneria-lughese"),
    ("^process:milling,turning process:grinding", "lame-langhirano rettifiche-formigine"),
    ("process:anodising in_house:no", "corse-meccanica-maranello fresatura-felsinea"),
    ("process:anodising ^in_house:no", "galvanica-santerno leghe-reggiane meccanica-centese ossidazione-bidente"),
    (
        "^employees:..30",
        "carpenterie-guastalla placentia-utensili plastomed-mirandola tecnofresa-emiliana tecnopolimeri-correggio",
    ),
    # A broader word stated than the one asked is not stated.
    (
        "process:milling material:en-aw-7075",
        "aeromeccanica-forlivese corse-meccanica-maranello leghe-reggiane meccanica-centese officine-savena tecnofresa-emiliana",
    ),
    (
        "process:milling ^material:en-aw-7075",
        "placentia-utensili stampi-ceramici-sassuolo stampi-granarolo torneria-lughese",
    ),
    ("process:milling material:non-ferrous-metal ^material:aluminium", ""),
    # The firm: people, floor, sectors, age, exports.
    (
        "employees:30..",
        "carpenterie-guastalla placentia-utensili plastomed-mirandola tecnofresa-emiliana tecnopolimeri-correggio",
    ),
    ("employees:18", "officine-savena oleodinamica-carpigiana polimeri-estensi"),
    (
        "employees:5..6",
        "lame-langhirano mollificio-sillaro prototipi-spilamberto rettifiche-formigine saldature-castelfranco tubi-argenta",
    ),
    ("'employees:<5'", "officina-dell-artigiano officine-arda sala-metrologica-castenaso"),
    (
        "floor:3000m2..",
        "carpenterie-guastalla carpenterie-navali-ravenna ingranaggi-calderara placentia-utensili plastomed-mirandola "
        "tecnopolimeri-correggio",
    ),
    ("floor:0.4ha..0.5ha", "carpenterie-navali-ravenna tecnopolimeri-correggio"),
    (
        "crane:10t",
        "carpenteria-anzola carpenterie-guastalla carpenterie-navali-ravenna imbutitura-fiorano placentia-utensili tecnofresa-emiliana",
    ),
    (
        "power:500kW",
        "carpenterie-guastalla ingranaggi-calderara placentia-utensili plastomed-mirandola pressofusioni-modenesi tecnopolimeri-correggio "
        "tempra-secchia",
    ),
    ("sector:aerospace", "aeromeccanica-forlivese corse-meccanica-maranello tempra-secchia"),
    (
        "sector:automotive process:milling",
        "corse-meccanica-maranello leghe-reggiane meccanica-centese pressofusioni-modenesi prototipi-spilamberto stampi-granarolo",
    ),
    (
        "sector:medical-devices,food-industry",
        "elettronica-riviera imola-precisione plastomed-mirandola prototipi-spilamberto torneria-frignano",
    ),
    (
        "founded:..1972",
        "carpenterie-guastalla galvanica-santerno imbutitura-fiorano ingranaggi-calderara mollificio-sillaro placentia-utensili "
        "torneria-lughese",
    ),
    ("language:fr", "fresatura-felsinea plastomed-mirandola tecnopolimeri-correggio torneria-frignano"),
    ("exports_to:us", "ingranaggi-calderara placentia-utensili plastomed-mirandola"),
    (
        "shifts:3",
        "corse-meccanica-maranello plastomed-mirandola polimeri-estensi pressofusioni-modenesi stampaggio-setta tecnopolimeri-correggio "
        "tempra-secchia",
    ),
    # Skills and machines are lists of their own; hire is what others may book.
    ("skill:welder qualified:8..", "carpenteria-anzola carpenterie-guastalla carpenterie-navali-ravenna inox-taro"),
    ("skill:tig-welder", "inox-taro"),
    ("skill:mould-maker skill:cam-programmer", "stampi-granarolo"),
    (
        "machine:lathe",
        "aeromeccanica-forlivese corse-meccanica-maranello ingranaggi-calderara officine-savena tecnofresa-emiliana torneria-frignano "
        "torneria-lughese torneria-reno",
    ),
    ("machine:machining-centre axes:5 hire:10h", ""),
    ("machine:machining-centre hire:10h", "fresatura-felsinea"),
    (
        "hire:12h",
        "carpenterie-guastalla imbutitura-fiorano placentia-utensili prototipi-spilamberto sala-metrologica-castenaso "
        "saldature-castelfranco stampi-granarolo tecnopolimeri-correggio",
    ),
    ("working_envelope:2x1x1m", "carpenterie-guastalla tecnofresa-emiliana"),
    (
        "spindle:20000rpm",
        "corse-meccanica-maranello imola-precisione parma-alimentare-meccanica stampi-granarolo tecnofresa-emiliana",
    ),
    ("force:3MN", "imbutitura-fiorano pressofusioni-modenesi tecnopolimeri-correggio"),
    ("make:haas", "fresatura-felsinea meccanica-vignolese"),
    # Spare hours: for the process asked or for none, on the day.
    (
        "process:milling spare:30h",
        "fresatura-felsinea meccanica-centese officine-savena parma-alimentare-meccanica tecnofresa-emiliana",
    ),
    ("process:5-axis-milling spare:20h", "meccanica-centese officine-savena tecnofresa-emiliana"),
    (
        "process:milling material:aluminium tolerance:..0.01mm spare:10h",
        "fresatura-borghigiana fresatura-felsinea meccanica-centese officine-savena parma-alimentare-meccanica tecnofresa-emiliana",
    ),
    ("process:turning spare:20h", "aeromeccanica-forlivese torneria-frignano torneria-reno"),
    ("process:milling tolerance:..0.01mm process:turning spare:20h", "aeromeccanica-forlivese"),
    (
        "spare:50h",
        "aeromeccanica-forlivese cablaggi-ghirlandina ingranaggi-calderara polimeri-estensi stampaggio-setta tecnofresa-emiliana "
        "tecnopolimeri-correggio torneria-frignano",
    ),
    # Near a place, or a position; one site answers for all that is asked of a site.
    ("near:Parma,25km", "fresatura-borghigiana guarnizioni-enza inox-taro lame-langhirano parma-alimentare-meccanica"),
    (
        "near:44.7,10.63,20km",
        "automazioni-novellara guarnizioni-enza ingranaggi-tresinaro leghe-reggiane tecnopolimeri-correggio tempra-secchia",
    ),
    (
        'near:"Reggio Emilia,15km"',
        "guarnizioni-enza ingranaggi-tresinaro leghe-reggiane tecnopolimeri-correggio tempra-secchia",
    ),
    ("near:rimini,IT,15mi", "elettronica-riviera lavorazioni-santarcangelo meccanica-marecchia"),
    (
        "process:milling material:aluminium tolerance:..0.01mm near:Bologna,100km",
        "aeromeccanica-forlivese corse-meccanica-maranello fresatura-felsinea imola-precisione leghe-reggiane meccanica-centese "
        "officine-savena parma-alimentare-meccanica placentia-utensili",
    ),
    ("near:Bologna,10km process:milling", "fresatura-felsinea officine-savena torneria-reno"),
    ("near:Piacenza,30km process:milling", "placentia-utensili tecnofresa-emiliana"),
    ("near:Piacenza,30km ^process:milling", "officine-arda"),
    ("near:Modena,5km certificate:iso-9001", "pressofusioni-modenesi"),
    ("near:Modena,5km floor:1000m2..", "pressofusioni-modenesi"),
    ("locality:forli", "aeromeccanica-forlivese"),
    ("^country:IT", ""),
    # Words, phrases and prefixes in any text.
    (
        "hydraulic",
        "articoli-gomma-panaro avvolgimenti-faenza galvanica-santerno imbutitura-fiorano leghe-reggiane officine-savena "
        "oleodinamica-carpigiana torneria-reno",
    ),
    ('"gear hobbing"', "ingranaggi-calderara ingranaggi-tresinaro"),
    ('"fresat*" near:Bologna,10km', "fresatura-felsinea officine-savena tecnofresa-emiliana torneria-reno"),
    ("röders", "stampi-granarolo"),
    ("dialysis", "plastomed-mirandola"),
    ('"scuderia falco ardente"', ""),
    ("name:torneria", "torneria-frignano torneria-lughese torneria-reno"),
    ("product:boards", "elettronica-persicetana elettronica-riviera"),
    ("anodis* ^certificate:iso-9001", "galvanica-santerno meccanica-centese"),
    ("aluminium ^hydraulic process:deep-drawing", ""),
    # The long form, with AND, OR, NOT and brackets.
    (
        '"gear* AND NOT process:gear-hobbing"',
        "corse-meccanica-maranello pressofusioni-modenesi rettifiche-formigine stampaggio-setta tempra-secchia",
    ),
    ('"(process:gear-hobbing OR process:broaching material:steel)"', "ingranaggi-calderara ingranaggi-tresinaro"),
    (
        '"process:die-casting OR certificate:iso-13485"',
        "imola-precisione plastomed-mirandola pressofusioni-modenesi torneria-frignano",
    ),
    ('"(sector:aerospace OR sector:defence) AND process:milling"', "aeromeccanica-forlivese corse-meccanica-maranello"),
    ('"process:turning (tolerance:..0.005mm OR roughness:..0.4um)"', "torneria-frignano torneria-lughese"),
    (
        '"(employees:40.. OR floor:4500m2..) NOT sector:medical-devices"',
        "carpenterie-guastalla carpenterie-navali-ravenna placentia-utensili",
    ),
    # Grades of ISO 286 and classes of ISO 2768, at the size that is asked for: IT6 at 40 mm is 0.016 mm.
    (
        "process:turning diameter:40mm tolerance:it6",
        "aeromeccanica-forlivese corse-meccanica-maranello meccanica-marecchia officine-savena "
        "parma-alimentare-meccanica tecnofresa-emiliana torneria-lughese torneria-reno",
    ),
    (
        "process:turning diameter:40mm tolerance:..0.016mm",
        "aeromeccanica-forlivese corse-meccanica-maranello meccanica-marecchia officine-savena "
        "parma-alimentare-meccanica tecnofresa-emiliana torneria-lughese torneria-reno",
    ),
    (
        "process:turning diameter:40mm tolerance:it5",
        "aeromeccanica-forlivese corse-meccanica-maranello meccanica-marecchia officine-savena "
        "torneria-lughese torneria-reno",
    ),
    (
        "process:turning diameter:40mm tolerance:it5,..0.012mm",
        "aeromeccanica-forlivese corse-meccanica-maranello meccanica-marecchia officine-savena "
        "parma-alimentare-meccanica torneria-lughese torneria-reno",
    ),
    ("process:turning diameter:40mm ^tolerance:it6", "ingranaggi-calderara polimeri-estensi stampi-ceramici-sassuolo"),
    (
        "process:turning tolerance:it5 diameter:20..60mm",
        "aeromeccanica-forlivese corse-meccanica-maranello meccanica-marecchia officine-savena "
        "parma-alimentare-meccanica torneria-lughese torneria-reno",
    ),
    (
        "process:welding tolerance:iso2768-c size:1500x1000x800mm",
        "carpenteria-anzola carpenterie-guastalla carpenterie-navali-ravenna inox-taro saldature-castelfranco",
    ),
    ("process:welding tolerance:iso2768-f size:1500x1000x800mm", ""),
    # Where a capability states no size, the machines that it names do.
    (
        "process:milling size:450x350x300mm material:stainless-steel",
        "imola-precisione officine-savena parma-alimentare-meccanica",
    ),
    ("process:milling size:600x350x300mm material:stainless-steel", "officine-savena"),
    ("process:milling material:stainless-steel ^size:450x350x300mm", ""),
    # Places of the gazetteer; minutes are an estimate.
    ("near:Sassuolo,30min process:turning", "corse-meccanica-maranello stampi-ceramici-sassuolo"),
    ("near:Modena,0.5h process:anodising", "corse-meccanica-maranello"),
    ("near:FORLI,15km", "aeromeccanica-forlivese avvolgimenti-faenza ossidazione-bidente"),
    ('near:"San Lazzaro di Savena,5km"', "officine-savena"),
    ("near:Bologna,IT,10km process:milling", "fresatura-felsinea officine-savena torneria-reno"),
    (
        "near:Florence,85km process:milling",
        "aeromeccanica-forlivese fresatura-felsinea imola-precisione meccanica-vignolese officine-savena torneria-reno",
    ),
    (
        "near:Firenze,85km process:milling",
        "aeromeccanica-forlivese fresatura-felsinea imola-precisione meccanica-vignolese officine-savena torneria-reno",
    ),
    ("near:Paris,US,50km", ""),
    # Machines for hire.
    ("hire:10h machine:machining-centre", "fresatura-felsinea"),
    (
        "hire:10h ^machine:machining-centre",
        "carpenterie-guastalla imbutitura-fiorano inox-taro sala-metrologica-castenaso saldature-castelfranco "
        "tecnopolimeri-correggio",
    ),
    ("machine:coordinate-measuring-machine hire:4h", "sala-metrologica-castenaso"),
    ("machine:press force:1000kN hire:1h", "imbutitura-fiorano"),
    # Words in all their forms, and by the other names that a vocabulary knows.
    ("fresare material:titanium", "aeromeccanica-forlivese corse-meccanica-maranello tecnofresa-emiliana"),
    ("fresature process:anodising", "corse-meccanica-maranello fresatura-felsinea leghe-reggiane meccanica-centese"),
    ("tornitura skill:welder", "officine-savena"),
    ('"tornit*" sector:fluid-power', "officine-savena torneria-reno"),
    ("saldare ^process:welding", "plastomed-mirandola tecnopolimeri-correggio"),
    ("welded employees:..15", "inox-taro lamiere-idice saldature-castelfranco"),
    ("anodised near:Bologna,30km", "fresatura-felsinea meccanica-centese"),
    ("ingranaggio", "ingranaggi-calderara ingranaggi-tresinaro rettifiche-formigine stampaggio-setta tempra-secchia"),
    ('"ingranag*"', "ingranaggi-calderara ingranaggi-tresinaro rettifiche-formigine tempra-secchia"),
    (
        "valvole",
        "articoli-gomma-panaro leghe-reggiane oleodinamica-carpigiana parma-alimentare-meccanica "
        "torneria-frignano torneria-lughese torneria-reno",
    ),
    ('"precision milled"', "officine-savena"),
]

LATER = [
    (
        "2026-10-31",
        "certificate:iso-9001 process:hard-anodising",
        "corse-meccanica-maranello galvanica-santerno leghe-reggiane ossidazione-bidente",
    ),
    (
        "2026-11-22",
        "certificate:iso-9001 process:hard-anodising",
        "corse-meccanica-maranello leghe-reggiane ossidazione-bidente",
    ),
    ("2026-12-10", "certificate:iatf-16949 process:milling", "leghe-reggiane pressofusioni-modenesi"),
    ("2026-12-11", "certificate:iatf-16949 process:milling", "leghe-reggiane"),
    ("2026-12-14", "certificate:en-1090-2-exc3", "carpenterie-guastalla"),
    ("2026-12-15", "certificate:en-1090-2-exc3", "carpenterie-guastalla carpenterie-navali-ravenna"),
    ("2027-02-01", "certificate:iso-13485 process:pcb-assembly", "elettronica-riviera"),
    ("2027-01-15", "process:5-axis-milling spare:40h", "leghe-reggiane officine-savena tecnofresa-emiliana"),
    (
        "2027-03-01",
        "process:milling spare:10h",
        "carpenterie-guastalla corse-meccanica-maranello fresatura-felsinea leghe-reggiane",
    ),
]


class ReadOnce(Registry):
    """A registry that reads its records from the disk but once."""

    def __init__(self, root) -> None:
        super().__init__(root)
        self.kept = {}

    def read(self, kind):
        if kind.id not in self.kept:
            self.kept[kind.id] = list(super().read(kind))
        return self.kept[kind.id]


@pytest.fixture(scope="module")
def hits(_sample_once):
    """Ask the sample registry: `hits(query)` -> the ids of the firms that meet it."""
    registry = ReadOnce(_sample_once)

    def hits(query: str, on: date = DAY) -> list[str]:
        found = find(registry, registry.kind("firm"), join(shlex.split(query)), on)
        return [hit.id for hit in found.hits]

    return hits


@pytest.mark.parametrize(("query", "ids"), TABLE, ids=[row[0] for row in TABLE])
def test_a_query_finds_exactly_these_firms(hits, query, ids):
    assert ids.split() == hits(query)


def test_the_table_asks_every_question_once():
    assert len({query for query, _ in TABLE}) == len(TABLE)


def test_nothing_asked_is_met_by_every_firm(hits):
    assert len(hits("")) == 56


@pytest.mark.parametrize(("day", "query", "ids"), LATER)
def test_certificates_and_spare_hours_are_judged_on_the_day_asked(hits, day, query, ids):
    assert ids.split() == hits(query, date.fromisoformat(day))


def test_the_command_line_finds_the_same(_sample_once, capreg):
    query, ids = 'near:"Reggio Emilia,15km"', dict(TABLE)['near:"Reggio Emilia,15km"']
    done = capreg("-R", _sample_once, "search", *shlex.split(query), "--on", DAY, "-O", "json")
    assert (done.code, ids.split(), done.json["total"]) == (0, sorted(done.ids), len(ids.split()))
