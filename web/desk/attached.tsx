/** A file somebody attached: its name leads to it, and a picture shows in small. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import type { AttachedFile } from "../shared/protocol.ts";
import { fileAddress } from "./api.ts";
import { fileSize, fileType } from "./values.ts";
import { words } from "./words.ts";

/** A picture of more pixels than any screenshot or photograph would fill this browser's memory. */
const MOST_PIXELS = 60_000_000;

export function Attached({ file }: { file: AttachedFile }): JSX.Element {
  return (
    <div class="file" data-test="file" data-file={file.id}>
      <p class="plain">{words.conversation.attached} <Download file={file} /></p>
      <Preview file={file} />
    </div>
  );
}

export function Download({ file: { id, name, type, bytes } }: { file: AttachedFile }): JSX.Element {
  return (
    <>
      <a href={fileAddress(id)} download={name}>{name}</a> <span class="quiet">{fileType(type)}, {fileSize(bytes)}</span>
    </>
  );
}

/** The name stands beside it, so a screen reader need not hear of the picture. */
function Preview({ file: { id, type, width = 0, height = 0 } }: { file: AttachedFile }): JSX.Element | null {
  const isBroken = useSignal(false);
  if (!type.startsWith("image/") || width * height > MOST_PIXELS) return null;
  if (isBroken.value) return <p class="about">{words.conversation.fileGone}</p>;
  return (
    <img src={fileAddress(id)} alt="" loading="lazy" decoding="async" width={width || undefined} height={height || undefined}
      onError={() => (isBroken.value = true)} />
  );
}
