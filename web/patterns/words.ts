/** What is said in the widget's frames: English, and Arabic for right to left. */

const en = {
  asked: "how long does delivery take",
  answer: "Standard delivery to Austria takes 2 to 4 working days.",
  answerTitle: "Delivery times",
  moreFirst: "Orders placed before 2 pm leave the same day.",
  moreAustria: "Austria and Germany: €4.90, free from €100",
  moreElsewhere: "Elsewhere in the EU: €8.90",
  moreSee: "See ",
  moreLink: "all delivery times",
  clarify: "I'm not sure I have the right answer. Is it one of these?",
  choiceCost: "What delivery costs",
  choiceTime: "How long delivery takes",
  choiceNone: "None of these",
  cost: "Delivery to Austria is €4.90, and free from €100.",
  declined: "Your bank declined the payment, so this order was not placed. Another card or PayPal works too.",
  declinedTitle: "Your bank declined the payment, so this order was not placed.",
  declinedArticle: "Declined payments",
  stuck: "Can we help with one of these?",
  questionPay: "Which cards can I pay with?",
  questionTwice: "Will I be charged twice?",
  questionLater: "Can I pay later?",
  person: "Would you like to ask somebody from the shop?",
  talk: "Talk to a person",
  notice: "PayPal is not answering just now. Cards work.",
  queued: "I'll get someone from the shop. You are second in line, usually 2 to 4 minutes.",
  away: "Nobody is at the desk until 8:00. Leave your address and we'll write to you.",
  claimed: "Maya from the shop is here.",
  agent: "I can see both attempts. Neither was taken, so you can try again with another card.",
  thanks: "thank you, that helps",
  kept: "We have your question and will write to anna@example.org, usually within a day.",
  closed: "Maya closed this conversation. Write again whenever you like.",
  reopened: "Good to see you again. The assistant is answering.",
  again: "one more thing, can i change the address",
  address: "Until the parcel leaves you can change the address in your order e-mail.",
  wontArrive: "are you still there",
  refused: "That can't be read.",
  refusedHint: "Write it in other words.",
  sorry: "my bank shows two pending payments of 92.80",
};

type Words = typeof en;

const ar: Words = {
  asked: "كم يستغرق التوصيل",
  answer: "يستغرق التوصيل العادي إلى النمسا من يومين إلى 4 أيام عمل.",
  answerTitle: "مدة التوصيل",
  moreFirst: "الطلبات قبل الساعة 2 ظهرًا تُرسَل في اليوم نفسه.",
  moreAustria: "النمسا وألمانيا: ‎€4.90‎، ومجانًا من ‎€100‎",
  moreElsewhere: "بقية الاتحاد الأوروبي: ‎€8.90‎",
  moreSee: "انظر ",
  moreLink: "كل مواعيد التوصيل",
  clarify: "لست متأكدًا من أن لدي الإجابة الصحيحة. هل هي واحدة من هذه؟",
  choiceCost: "تكلفة التوصيل",
  choiceTime: "مدة التوصيل",
  choiceNone: "لا شيء من هذه",
  cost: "تكلفة التوصيل إلى النمسا ‎€4.90‎، وهو مجاني من ‎€100‎.",
  declined: "رفض بنكك الدفع، لذلك لم يُسجَّل هذا الطلب. يمكنك استخدام بطاقة أخرى أو PayPal.",
  declinedTitle: "رفض بنكك الدفع، لذلك لم يُسجَّل هذا الطلب.",
  declinedArticle: "الدفعات المرفوضة",
  stuck: "هل نساعدك في أحد هذه الأسئلة؟",
  questionPay: "ما البطاقات التي أستطيع الدفع بها؟",
  questionTwice: "هل سيُخصم المبلغ مرتين؟",
  questionLater: "هل أستطيع الدفع لاحقًا؟",
  person: "هل تود أن تسأل أحدًا من المتجر؟",
  talk: "تحدث مع شخص",
  notice: "لا يستجيب PayPal الآن. البطاقات تعمل.",
  queued: "سأحضر لك شخصًا من المتجر. أنت الثاني في الدور، عادة من دقيقتين إلى 4 دقائق.",
  away: "لا أحد في المكتب حتى الساعة 8:00. اترك عنوانك وسنكتب إليك.",
  claimed: "مايا من المتجر معك الآن.",
  agent: "أرى المحاولتين. لم يُخصم أي منهما، فيمكنك المحاولة ببطاقة أخرى.",
  thanks: "شكرًا، هذا مفيد",
  kept: "وصلنا سؤالك وسنكتب إلى anna@example.org، عادة خلال يوم.",
  closed: "أنهت مايا هذه المحادثة. اكتب متى شئت.",
  reopened: "سعداء بعودتك. المساعد يجيب الآن.",
  again: "سؤال آخر، هل أستطيع تغيير العنوان",
  address: "يمكنك تغيير العنوان من رسالة الطلب حتى يغادر الطرد.",
  wontArrive: "هل ما زلت هنا",
  refused: "لا يمكن قراءة هذا.",
  refusedHint: "اكتبه بكلمات أخرى.",
  sorry: "يظهر لدى بنكي دفعتان معلقتان بمبلغ 92.80",
};

export function wordsFor(lang: string): Words {
  return lang === "ar" ? ar : en;
}

export const GERMAN = {
  note: "This article is in German. We don't have it in English yet.",
  answer: "Bei Zahlung per Nachnahme bezahlen Sie die Ware bei der Zustellung, zuzüglich 6,90 € Nachnahmeentgelt.",
  title: "Zahlung per Nachnahme",
};

export const LONG = {
  word: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
  address: `https://fernhill.example/returns/${"a-very-long-path-that-nobody-breaks".repeat(4)}`,
};
