//! French. An apostrophe ends a word: `l'outil` is `l outil`.

use super::Language;
use super::Technique::{Encoded, Exfiltration, OverrideInstructions, PromptExtraction, RolePlay, ToolInvocation};

/// See [`Language`].
pub(super) const FRENCH: Language = Language {
    classes: &[
        (
            "drop",
            "ignore|ignores|ignorez|ignorer|oublie|oubliez|oublier|neglige|negligez|contourne|contournez|contourner|outrepasse|outrepassez|desobeis|abandonne|abandonnez",
        ),
        (
            "prior",
            "precedente|precedentes|precedent|precedents|anterieure|anterieures|anterieur|anterieurs|dessus|initiale|initiales|systeme|prealables|originales",
        ),
        (
            "orders",
            "instruction|instructions|consigne|consignes|regle|regles|directive|directives|prompt|prompts|programmation|restrictions",
        ),
        ("own", "instructions|consignes|directives|programmation|prompt|restrictions|entrainement"),
        (
            "tell",
            "montre|montrez|affiche|affichez|afficher|revele|revelez|reveler|repete|repetez|repeter|donne|donnez|dis|dites|quel|quelle|quelles|quels|ecris|ecrivez|imprime|imprimez|copie|recopie|recopiez|partage|traduis|liste|communique",
        ),
        ("utter", "affiche|affichez|revele|revelez|repete|repetez|recopie|recopiez|imprime|imprimez|copie"),
        (
            "hero",
            "dan|developpeur|developpeuse|programmeur|administrateur|administratrice|admin|root|hacker|pirate|superutilisateur",
        ),
        ("limits", "restriction|restrictions|filtre|filtres|limite|limites|regle|regles|censure|contraintes"),
    ],
    phrases: &[
        (OverrideInstructions, 90, "@drop ..4-mes|nos|ma|notre @orders ..2-que|mes @prior"),
        (OverrideInstructions, 90, "@drop ..3-mes|nos @prior ..2 @orders"),
        (OverrideInstructions, 85, "@drop ..2-mes|nos tes|vos ..1 @own"),
        (OverrideInstructions, 80, "@drop toutes ..2-mes|nos @own !que|pour"),
        (
            OverrideInstructions,
            85,
            "tiens|tenez|tenir plus|pas|aucun ..1 compte ..4-mes|nos instructions|consignes|directives|regles",
        ),
        (OverrideInstructions, 85, "abstraction ..4-mes|nos instructions|consignes|directives|regles"),
        (OverrideInstructions, 75, "@drop ..1 tout ce que|qu tu|vous|on|t"),
        (OverrideInstructions, 55, "@drop ..2 tout ..4-je|nous dessus|precede"),
        (
            OverrideInstructions,
            80,
            "arrete|arretez|cesse|cessez de|d suivre|respecter|obeir ..3 instructions|consignes|regles|directives",
        ),
        (
            OverrideInstructions,
            80,
            "tes|ta|ton nouvelles|nouvelle|vraies|vraie|nouvel|nouveau ..1 instructions|instruction|mission|tache|objectif|consigne|consignes sont|est",
        ),
        (
            OverrideInstructions,
            75,
            "desactive|desactivez|contourne|contournez ..2 tes|tous|toutes|les filtres|restrictions|protections|securites|regles",
        ),
        (PromptExtraction, 85, "@tell ..6 prompt|invite|message ..1 systeme"),
        (
            PromptExtraction,
            85,
            "@tell ..6 prompt|invite ..1 initial|initiale|cache|cachee|secret|secrete|interne|origine|complet",
        ),
        (
            PromptExtraction,
            80,
            "@tell ..6 instructions|consignes ..1 systeme|cachees|secretes|internes|confidentielles|origine",
        ),
        (PromptExtraction, 70, "prompt systeme"),
        (
            PromptExtraction,
            65,
            "@utter ..4-mes|nos tes|vos ..1 instructions|consignes|directives !pour|de|sur|concernant|d|en|avant",
        ),
        (
            PromptExtraction,
            50,
            "@tell ..4-mes|nos tes ..1 instructions|consignes|directives !pour|de|sur|concernant|d|en|avant",
        ),
        (PromptExtraction, 75, "@tell ..4 ton|votre ..1 prompt"),
        (
            PromptExtraction,
            75,
            "quelles instructions|consignes ..2 as|avez|t|ont|suis ..3 recu|recues|donne|donnees|tu",
        ),
        (PromptExtraction, 75, "instructions|prompt|consignes ..2 mot pour|a mot"),
        (PromptExtraction, 75, "instructions|prompt|consignes ..2 textuellement|litteralement"),
        (
            PromptExtraction,
            70,
            "repete|recopie|affiche|copie|repetez|recopiez ..4-je|nous tout|texte|mots ..4-je|nous dessus|precede !en",
        ),
        (PromptExtraction, 75, "@tell ..4 cle|cles api|secrete|secretes|d"),
        (RolePlay, 85, "es|etes maintenant|desormais ..3 @hero"),
        (RolePlay, 70, "tu es maintenant|desormais une|un ..1 ia|modele|chatbot|bot ..2 sans|libre"),
        (RolePlay, 75, "mode ..1 developpeur|debug|admin|administrateur|dieu|dan|debogage"),
        (RolePlay, 75, "reponds|repondez|agis|agissez|parle|comporte|ia|bot ..4 sans ..2 @limits"),
        (RolePlay, 75, "tu n as ..2 aucune|aucun|plus|pas ..1 @limits"),
        (RolePlay, 75, "agis|agissez|comporte|comportez|reponds|joue ..3 comme|tant|que|role|un ..3 @hero"),
        (
            RolePlay,
            65,
            "fais|faites|imagine|imaginez comme|semblant|que ..6 @hero|proprietaire|humain|regles|restrictions|limites",
        ),
        (RolePlay, 70, "je suis ton|votre|ta ..1 @hero|createur|creatrice|programmeuse"),
        (RolePlay, 65, "suis l|le|la administrateur|administratrice du|systeme"),
        (RolePlay, 70, "tu n es plus ..4 assistant|lie|liee|tenu|tenue|limite|limitee|soumis|soumise|une"),
        (RolePlay, 60, "maintenant|desormais tu es|dois|reponds|obeis|agis|ignores"),
        (ToolInvocation, 55, "appelle|appelez|execute|executez|invoque|invoquez|lance|utilise ..3 outil|fonction|api"),
        (
            ToolInvocation,
            80,
            "appelle|appelez|execute|executez|invoque|lance|utilise ..3 outil|fonction|api ..8 tenant|locataire|session|identifiant",
        ),
        (
            ToolInvocation,
            75,
            "montre|montrez|affiche|liste|listez|donne|donnez|exporte|annule|supprime|revele ..5-mes|nos reservations|rendez|emails|mails|donnees|adresses|numeros|noms|coordonnees ..4 autre|autres|tous|toutes ..2 client|cliente|clients|clientes|utilisateur|utilisateurs|visiteurs",
        ),
        (ToolInvocation, 75, "autre|autres tenant|tenants|locataire|locataires ..3 donnees|reservations|clients"),
        (ToolInvocation, 75, "donnees|reservations|clients ..2 autre|autres tenant|tenants|locataire|locataires"),
        (Exfiltration, 70, "image ..3 markdown"),
        (Exfiltration, 70, "markdown ..3 image|lien"),
        (
            Exfiltration,
            80,
            "ajoute|ajoutez|inclus|incluez|insere|encode|mets|integre ..5 conversation|historique|donnees|messages|echanges|prompt ..6 url|lien|image|parametre",
        ),
        (
            Exfiltration,
            80,
            "envoie|envoyez|transmets|publie ..4 conversation|historique|clients|reservations|prompt ..6 http|https|webhook",
        ),
        (Encoded, 65, "decode|decodez|dechiffre|dechiffrez ..5 base64|rot13"),
    ],
};
