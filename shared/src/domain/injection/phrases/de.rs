//! German. Umlauts come as `a`, `o`, `u` (folded) or as `ae`, `oe`, `ue` (typed so).

use super::Language;
use super::Technique::{Encoded, Exfiltration, OverrideInstructions, PromptExtraction, RolePlay, ToolInvocation};

/// See [`Language`].
pub(super) const GERMAN: Language = Language {
    classes: &[
        (
            "drop",
            "ignoriere|ignorier|ignorieren|ignoriert|vergiss|vergesse|vergessen|missachte|missachten|umgehe|umgehen|uberschreibe|ueberschreibe|verwirf|verwerfe|uberspringe|ueberspringe",
        ),
        ("drops", "ignorieren|ignoriert|ignorierst|vergessen|vergisst|missachten|missachtet|umgehen|verwerfen"),
        (
            "prior",
            "vorherige|vorherigen|vorheriger|vorige|vorigen|vorangegangene|vorangegangenen|bisherige|bisherigen|obige|obigen|fruhere|fruheren|fruehere|frueheren|ursprungliche|ursprunglichen|urspruengliche|urspruenglichen|vorhergehende|vorhergehenden",
        ),
        (
            "orders",
            "anweisung*|instruktion*|regel|regeln|vorgabe*|richtlinie*|prompt|prompts|systemprompt*|systemanweisung*|programmierung|beschrankung*|beschraenkung*|einschrankung*|einschraenkung*|befehl*",
        ),
        (
            "own",
            "anweisung*|instruktion*|richtlinie*|vorgaben|programmierung|prompt|prompts|systemprompt*|systemanweisung*|systemregel*",
        ),
        (
            "tell",
            "zeig|zeige|zeigen|nenne|nennen|verrate|verraten|sag|sage|sagen|gib|geben|wiederhole|wiederholen|drucke|offenbare|schreibe|schreib|wie|was|welche|welchen|lautet|lauten|kopiere|ubersetze|uebersetze|liste",
        ),
        ("utter", "verrate|verraten|wiederhole|wiederholen|drucke|offenbare|kopiere|gib"),
        ("hero", "dan|entwickler|entwicklerin|administrator|administratorin|admin|root|hacker|superuser"),
        ("limits", "einschrankung*|einschraenkung*|beschrankung*|beschraenkung*|filter|regeln|zensur|grenzen|vorgaben"),
    ],
    phrases: &[
        (OverrideInstructions, 90, "@drop ..4-meine|meinen|unsere|unseren @prior ..2 @orders"),
        (
            OverrideInstructions,
            90,
            "@drop ..2-meine|meinen|unsere|unseren alle|alles|samtliche|saemtliche|deine|deiner|eure|ihre ..2-meine|meinen|unsere @own",
        ),
        (OverrideInstructions, 85, "@prior ..2 @orders ..4 @drops"),
        (OverrideInstructions, 80, "alle|deine|samtliche|saemtliche ..1-meine @own ..4 @drops"),
        (OverrideInstructions, 80, "@drop ..2 alles was ..2-ich|wir dir|du|man"),
        (OverrideInstructions, 55, "@drop ..2 alles ..2-ich|wir oben|obige|vorherige|davor|bisherige|vorige"),
        (OverrideInstructions, 80, "hor|hoer|hore|hoere auf ..4 anweisungen|regeln|vorgaben|richtlinien"),
        (
            OverrideInstructions,
            80,
            "deine neue|neuen|wahre|wahren|eigentliche ..1 aufgabe|anweisung|anweisungen|instruktion|instruktionen|ziel ist|lautet|sind|lauten",
        ),
        (
            OverrideInstructions,
            75,
            "deaktiviere|deaktivieren|umgehe|schalte ..2 deine|alle|die ..1 filter|sicherheitsfilter|schutzmassnahmen|beschrankung*|beschraenkung*|einschrankung*|einschraenkung*|sicherheitsregeln",
        ),
        (PromptExtraction, 85, "@tell ..6 systemprompt*|systemanweisung*|systemnachricht*"),
        (PromptExtraction, 85, "@tell ..6 system prompt*|anweisung*"),
        (PromptExtraction, 70, "systemprompt*"),
        (
            PromptExtraction,
            80,
            "@tell ..6 interne|internen|geheime|geheimen|versteckte|versteckten|verborgene|verborgenen|ursprungliche|ursprunglichen|urspruengliche|urspruenglichen anweisung*|instruktion*|prompt|prompts|vorgaben",
        ),
        (
            PromptExtraction,
            65,
            "@utter ..4-meine deine|deinen ..1 anweisung*|instruktion*|prompt|vorgaben|regeln !fur|fuer|zu|zum|zur|uber|ueber",
        ),
        (
            PromptExtraction,
            55,
            "@tell ..4-meine deine|deinen ..1 anweisung*|instruktion*|vorgaben !fur|fuer|zu|zum|zur|uber|ueber",
        ),
        (PromptExtraction, 75, "@tell ..4 dein|deinen|deine|ihren ..1 prompt"),
        (
            PromptExtraction,
            75,
            "welche anweisungen|instruktionen|vorgaben ..2 du|dir ..3 bekommen|erhalten|gegeben|befolgst|gab",
        ),
        (PromptExtraction, 75, "anweisung*|prompt|instruktion*|systemprompt ..3 wortlich|woertlich|wortgetreu"),
        (PromptExtraction, 75, "wort fur|fuer wort ..4 anweisung*|prompt|instruktion*"),
        (
            PromptExtraction,
            70,
            "wiederhole|kopiere|gib ..3 alles|text|worte|worter ..3-ich|wir oben|daruber|darueber|davor|obige|obigen !auf",
        ),
        (PromptExtraction, 75, "@tell ..4 api schlussel|schluessel|key"),
        (PromptExtraction, 75, "@tell ..4 apischlussel|apischluessel|geheimschlussel|geheimschluessel"),
        (RolePlay, 85, "bist|sind ..1 jetzt|nun|ab ..3 @hero"),
        (RolePlay, 70, "du bist jetzt|nun eine|ein ..2 ki|chatbot|bot|sprachmodell|assistent ..2 ohne|mit"),
        (RolePlay, 75, "entwicklermodus|debugmodus|adminmodus|gottmodus|entwickleransicht"),
        (RolePlay, 75, "entwickler|developer|debug|admin|dan|gott modus"),
        (RolePlay, 75, "antworte|handle|sprich|agiere|verhalte|ki|bot ..4 ohne ..1 @limits"),
        (RolePlay, 75, "du hast ..1 keine|keinerlei @limits"),
        (
            RolePlay,
            65,
            "tu|tue|stell|stelle so|dir als|vor ..6 @hero|inhaber|inhaberin|chef|chefin|regeln|einschrankungen|einschraenkungen|mensch",
        ),
        (RolePlay, 75, "verhalte|benimm|antworte|agiere ..1 wie|als ..3 @hero"),
        (
            RolePlay,
            70,
            "bin|ist|spricht dein|deine ..1 @hero|programmierer|programmiererin|schopfer|schoepfer|erfinder|systemadministrator",
        ),
        (RolePlay, 65, "ich bin der|die ..1 systemadministrator|systemadministratorin"),
        (RolePlay, 65, "du ..2 nicht mehr ..4 gebunden|eingeschrankt|eingeschraenkt|verpflichtet"),
        (RolePlay, 60, "ab sofort|jetzt bist|musst|antwortest|handelst|gehorchst|befolgst du"),
        (ToolInvocation, 55, "rufe|ruf|fuhre|fuehre|nutze|verwende|starte ..4 tool|funktion|werkzeug|api"),
        (
            ToolInvocation,
            80,
            "rufe|ruf|fuhre|fuehre|nutze|verwende|starte ..4 tool|funktion|werkzeug|api ..8 mandant*|tenant|sitzung*|session",
        ),
        (
            ToolInvocation,
            75,
            "zeige|zeig|liste|gib|exportiere|storniere|losche|loesche|nenne ..5-meine|unsere buchungen|termine|daten|mails|emails|adressen|telefonnummern|mailadressen|namen ..3 anderer|anderen|aller|fremder|andere ..1 kunden|kundinnen|nutzer|nutzern|besucher|besuchern",
        ),
        (ToolInvocation, 75, "anderen|anderer|andere|fremden|fremder mandant*|tenant*"),
        (Exfiltration, 70, "markdown ..3 bild|link|grafik"),
        (Exfiltration, 70, "markdownbild"),
        (Exfiltration, 70, "bild ..3 markdown"),
        (
            Exfiltration,
            80,
            "hange|haenge|hang|fuge|fuege|kodiere|codiere|schreibe|packe|setze ..5 chat|chatverlauf|verlauf|gesprach|gespraech|gesprachsverlauf|gespraechsverlauf|unterhaltung|daten|nachrichten|prompt ..6 url|link|bild|bildadresse|parameter",
        ),
        (
            Exfiltration,
            80,
            "sende|schicke|poste|lade ..4 chat|chatverlauf|verlauf|gesprach|gespraech|kundendaten|buchungen|prompt ..6 http|https|webhook",
        ),
        (Encoded, 65, "dekodiere|entschlussele|entschluessele|decodiere ..5 base64|rot13"),
    ],
};
