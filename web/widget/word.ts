/**
 * The names of the widget's words. A number takes their place in the bundle and in the catalogues beside it, which
 * are built together; a name in every place would cost some 400 bytes of the 15,000.
 */
export enum Word {
  lang,
  /** Set where it is not for the page to say. */
  dir,
  help,
  open,
  close,
  peopleHere,
  peopleAway,
  personHere,
  place,
  placeAway,
  hello,
  helloMore,
  log,
  assistant,
  shop,
  you,
  more,
  from,
  helped,
  yes,
  no,
  person,
  dismiss,
  field,
  send,
  writing,
  newBelow,
  notSent,
  again,
  update,
  name,
  email,
  question,
  address,
  showAnyway,
  tellMe,
  download,
  erase,
  eraseSure,
}

export type Words = Record<Word, string>;
