//! Spanish.

use super::Language;
use super::Technique::{Encoded, Exfiltration, OverrideInstructions, PromptExtraction, RolePlay, ToolInvocation};

/// See [`Language`].
pub(super) const SPANISH: Language = Language {
    classes: &[
        (
            "drop",
            "ignora|ignore|ignorar|ignoren|ignorad|ignorando|olvida|olvidar|olvide|olvidate|olvidese|omite|omitir|omita|descarta|descartar|desobedece|anula|anular|desatiende",
        ),
        (
            "prior",
            "anterior|anteriores|previa|previas|previo|previos|precedente|precedentes|sistema|iniciales|inicial|originales",
        ),
        (
            "orders",
            "instruccion|instrucciones|regla|reglas|directriz|directrices|prompt|programacion|restriccion|restricciones|normas|pautas|directivas",
        ),
        ("own", "instrucciones|directrices|prompt|programacion|restricciones|directivas|entrenamiento"),
        (
            "tell",
            "muestra|muestrame|mostrar|muestreme|revela|revelame|revelar|dime|digame|imprime|repite|repiteme|repetir|escribe|dame|deme|ensena|ensename|cual|cuales|copia|traduce|enumera|lista|comparte",
        ),
        ("utter", "revela|revelame|revelar|imprime|repite|repiteme|muestra|muestrame|copia"),
        (
            "hero",
            "dan|desarrollador|desarrolladora|programador|administrador|administradora|admin|root|hacker|superusuario",
        ),
        ("limits", "restricciones|filtros|limites|limitaciones|reglas|censura|normas"),
    ],
    phrases: &[
        (OverrideInstructions, 90, "@drop ..5-mi|mis|nuestras @orders ..3-mi|mis @prior"),
        (OverrideInstructions, 90, "@drop ..4-mi|mis|nuestras @prior ..2 @orders"),
        (OverrideInstructions, 85, "@drop ..3-mi|mis|nuestras tus|sus|todas ..2-mis|nuestras @own"),
        (
            OverrideInstructions,
            80,
            "@drop ..2 todo|cuanto lo|cuanto ..2-yo|anterior|dije sabes|dijeron|dicho|ensenaron|aprendiste|programaron",
        ),
        (OverrideInstructions, 55, "@drop ..2 todo lo ..1 anterior"),
        (OverrideInstructions, 80, "deja|deje de seguir|obedecer ..3 instrucciones|reglas|directrices|normas"),
        (
            OverrideInstructions,
            80,
            "tus|tu nuevas|nueva|verdaderas|verdadera ..1 instrucciones|instruccion|tarea|objetivo|directiva son|es",
        ),
        (
            OverrideInstructions,
            75,
            "desactiva|desactivar|elude|evita|salta|saltate ..2 tus|todos|todas|los|las filtros|restricciones|reglas|protecciones|salvaguardas",
        ),
        (PromptExtraction, 85, "@tell ..6 prompt ..1 sistema|inicial|original|oculto|completo|interno"),
        (PromptExtraction, 80, "@tell ..6 instrucciones ..2 sistema|ocultas|internas|secretas|confidenciales"),
        (PromptExtraction, 80, "@tell ..5 mensaje del|de sistema"),
        (PromptExtraction, 70, "prompt del|de sistema"),
        (PromptExtraction, 65, "@utter ..4-mis|mi tus ..1 instrucciones|directrices|reglas !para|de|sobre|del|en"),
        (PromptExtraction, 50, "@tell ..4-mis|mi tus ..1 instrucciones|directrices !para|de|sobre|del|en"),
        (PromptExtraction, 75, "@tell ..4 tu ..1 prompt"),
        (PromptExtraction, 75, "que instrucciones ..3 dieron|dado|recibiste|recibido|tienes|sigues"),
        (PromptExtraction, 75, "instrucciones|prompt ..2 palabra por palabra"),
        (PromptExtraction, 75, "instrucciones|prompt ..2 textualmente|literalmente"),
        (PromptExtraction, 75, "@tell ..4 clave|claves|llave api|secreta|secretas"),
        (RolePlay, 85, "ahora eres|sos|seras ..3 @hero"),
        (RolePlay, 70, "ahora eres|sos una|un ia|asistente|modelo|chatbot|bot ..2 sin|libre"),
        (RolePlay, 75, "modo ..1 desarrollador|depuracion|dios|administrador|dan|debug|programador"),
        (RolePlay, 75, "actua|actue|comportate|responde|finge|simula ..4 @hero"),
        (RolePlay, 75, "actua|responde|contesta|habla|comportate|ia|bot ..4 sin ..1 @limits"),
        (RolePlay, 75, "no tienes ..1 @limits"),
        (
            RolePlay,
            65,
            "finge|imagina|simula ..2 que eres|no ..4 @hero|humano|dueno|duena|limites|restricciones|reglas",
        ),
        (RolePlay, 70, "ya no eres|estas ..2 asistente|ia|sujeto|sujeta|limitado|limitada|obligado|obligada"),
        (RolePlay, 70, "soy tu|el|la desarrollador|desarrolladora|creador|creadora|programador|programadora ..2"),
        (RolePlay, 70, "soy ..1 administrador|administradora del sistema"),
        (RolePlay, 60, "partir de ahora ..1 eres|debes|responde|responderas|actua|actuaras|obedece|obedeceras"),
        (ToolInvocation, 55, "llama|ejecuta|invoca|usa ..3 herramienta|funcion|api"),
        (
            ToolInvocation,
            80,
            "llama|ejecuta|invoca|usa ..3 herramienta|funcion|api ..8 tenant|inquilino|sesion|id|identificador",
        ),
        (
            ToolInvocation,
            75,
            "muestra|muestrame|lista|enumera|dame|exporta|cancela|borra|elimina|revela|ensename ..4 reservas|citas|correos|emails|datos|telefonos|direcciones|nombres ..3 otro|otra|otros|otras|todos|todas|demas ..2 cliente|clienta|clientes|clientas|usuario|usuarios|visitantes",
        ),
        (ToolInvocation, 75, "otro|otra|otros tenant|tenants|inquilino|inquilinos ..3 datos|reservas|citas|clientes"),
        (ToolInvocation, 75, "datos|reservas|citas|clientes ..2 otro|otra|otros tenant|tenants|inquilino|inquilinos"),
        (Exfiltration, 70, "imagen ..3 markdown"),
        (Exfiltration, 70, "markdown ..3 imagen|enlace"),
        (
            Exfiltration,
            80,
            "incluye|anade|agrega|codifica|inserta|adjunta|pon ..5 conversacion|historial|datos|mensajes|prompt ..6 url|enlace|imagen|parametro",
        ),
        (
            Exfiltration,
            80,
            "envia|manda|publica|sube ..4 conversacion|historial|clientes|reservas|prompt ..6 http|https|webhook",
        ),
        (Encoded, 65, "decodifica|descifra|descodifica ..5 base64|rot13"),
    ],
};
