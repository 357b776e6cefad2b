//! Words that say nothing about what somebody asks: folded, in order, between spaces.
//!
//! Shorter than the lists that can be had, on purpose: those drop "open", "home", "contact" and "page" as well,
//! which is what the customers of a business ask about. They also tell the languages apart.

/// Of English.
pub(super) const ENGLISH: &str = "\
    about after all also am an and any anybody anyone anything anywhere are aren as ask at be because been before \
    being but by can cannot could couldn did didn do does doesn doing don else ever every everyone for from get \
    getting give got had has hasn have haven having he hello her here hers hey hi him his how if in into is isn it \
    its just know let like ll many may maybe me might mine much must my need no not now of off offer offering \
    offers ok okay on once one only or other our ours out please possible really sell selling sells shall she \
    should so some somebody someone something somewhere such sure take tell than thank thanks that the their \
    theirs them then there these they thing things this those to too until up us ve very want wanted wants was \
    wasn we well were what when where whether which while who whom whose why will wish with won would wouldn yes \
    yet you your yours";

/// Of Spanish.
pub(super) const SPANISH: &str = "\
    ahora al algo alguien algun alguna algunas alguno algunos alli ante antes aqui asi aun aunque bien buenas \
    buenos cada como con contra cosa creo cual cuales cualquier cuando cuanta cuantas cuanto cuantos da dan de \
    debe debo decir del desde despues dia dias donde dos el ella ellas ellos en entonces entre era eres es esa \
    esas ese eso esos esta estaba estan estar estas este esto estos estoy favor fue fui gracias gusta gustaria ha \
    haber hace hacen hacer hago han has hasta hay haya he hola la las le les lo los mas me mi mia mio mis mismo \
    mucha muchas mucho muchos muy nada necesito ni ningun ninguna no nos nosotros nuestra nuestro ofrece ofreceis \
    ofrecen ofrecer os otra otras otro otros para pero poco podemos podria pone por porque posible pueda puede \
    pueden puedo pues que quien quienes quiere quiero quisiera saber se sea ser si sido siempre sin sobre sois \
    solo somos son soy su sus suya suyo tal tambien tampoco tan tanto te teneis tenemos tener tengo ti tiene \
    tienen toda todas todo todos tu tus un una unas uno unos usted ustedes va vais vamos van vende venden vender \
    venga vengo vez vosotros voy vuestra vuestras vuestro vuestros ya yo";

/// Of German.
pub(super) const GERMAN: &str = "\
    ab aber alle allem allen aller alles als also am an anbieten andere anderen auch auf aus bei beim bekomme \
    bekommen besten biete bieten bietet bin bis bist bitte bitten brauche brauchen da dabei dafur damit danke dann \
    darf das dass dein deine dem den denn der des dich die dies diese diesem diesen dieser dieses dir doch dort du \
    durch durfen ein eine einem einen einer eines er es etwas euch euer eure eurem euren eurer fuer fur gab gehen \
    geht genau gern gerne gibt gilt gut guten habe haben habt hallo hat hatte hatten hier ich ihm ihn ihnen ihr \
    ihre ihrem ihren ihrer im immer in ins irgendwas ist ja jede jeden jeder jedes jemand jetzt kann kannst kein \
    keine keinen koennen koennt koennte komme kommen kommt konnen konnt konnte konnten lassen liebe machen macht \
    man mehr mein meine meinem meinen meiner mich mir mit mochte mochten moechte moechten moglich muessen muesst \
    muss mussen musst nach nein nicht nichts noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner \
    seit sich sie sind so sogar soll sollen sollte sollten sonst tag uber ueber um und uns unser unsere unserem \
    unseren unter verkaufe verkaufen verkauft viel viele vom von vor waere wann war waren warum was weg wegen weil \
    welche welchen welcher welches wem wen wenn wer werde werden wessen wie wieso wieviel will wir wird wo wohin \
    wollen wurde wurden wusste zu zum zur zwischen";

/// Of French.
pub(super) const FRENCH: &str = "\
    ai aimerais alors apres as atil aton au aucun aucune aujourd auquel aussi autre autres aux avait avant avec \
    avez avoir avons ayant besoin bien bonjour bonsoir ca car ce ceci cela celle celui ces cet cette ceux chaque \
    chez combien comme comment dans de depuis des dessus deux devoir devons devrais dit doit doivent donc dont du \
    elle elles en encore entre es est estce et etaient etait etant etc ete etes etre eu faire fais fait faites \
    faut font hui il ils je jour la le les leur leurs lors lui ma mais me meme merci mes mien moi moins mon ne ni \
    non nos notre nous offrez offrir on ont ou oui par parce pas pendant peu peut peuvent peux plait plus possible \
    pour pourquoi pourrais pouvez pouvoir pouvons propose proposer proposez puis puisje qu quand que quel quelle \
    quelles quelqu quelque quelques quels qui quoi sa sans savoir se sera serait ses si sien soient soit sommes \
    son sont souhaite sous suis sur ta tandis te tel telle tes toi ton toujours tous tout toute toutes tres trop \
    tu un une va vais vend vendez vendre vends venir vers veut veux viens voici voila voir vois vont vos votre \
    voudrais voudrions voulez vous vraiment yatil";
