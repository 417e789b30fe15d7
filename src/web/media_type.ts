/**
 * The media types of files, by the ends of their names.
 *
 * @module
 */

/** The types of what lies on web servers (IANA media types; WHATWG MIME Sniffing for scripts). */
const TYPES: Readonly<Record<string, string>> = {
  "application/epub+zip": "epub",
  "application/gzip": "gz",
  "application/json": "json map",
  "application/ld+json": "jsonld",
  "application/manifest+json": "webmanifest",
  "application/msword": "doc",
  "application/pdf": "pdf",
  "application/rtf": "rtf",
  "application/vnd.ms-excel": "xls",
  "application/vnd.ms-powerpoint": "ppt",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/wasm": "wasm",
  "application/x-7z-compressed": "7z",
  "application/x-tar": "tar",
  "application/xhtml+xml": "xhtml",
  "application/xml": "xml xsd xsl",
  "application/yaml": "yaml yml",
  "application/zip": "zip",
  "audio/aac": "aac",
  "audio/flac": "flac",
  "audio/mp4": "m4a",
  "audio/mpeg": "mp3",
  "audio/ogg": "ogg oga opus",
  "audio/wav": "wav",
  "font/otf": "otf",
  "font/ttf": "ttf",
  "font/woff": "woff",
  "font/woff2": "woff2",
  "image/apng": "apng",
  "image/avif": "avif",
  "image/bmp": "bmp",
  "image/gif": "gif",
  "image/jpeg": "jpg jpeg",
  "image/jxl": "jxl",
  "image/png": "png",
  "image/svg+xml": "svg",
  "image/tiff": "tif tiff",
  "image/vnd.microsoft.icon": "ico",
  "image/webp": "webp",
  "model/gltf+json": "gltf",
  "model/gltf-binary": "glb",
  "text/calendar": "ics",
  "text/css": "css",
  "text/csv": "csv",
  "text/html": "html htm",
  "text/javascript": "js mjs",
  "text/markdown": "md",
  "text/plain": "txt text log",
  "text/vtt": "vtt",
  "video/mp4": "mp4 m4v",
  "video/mpeg": "mpg mpeg",
  "video/ogg": "ogv",
  "video/quicktime": "mov",
  "video/webm": "webm",
};

const BY_ENDING: ReadonlyMap<string, string> = new Map(
  Object.entries(TYPES).flatMap(([type, endings]) => endings.split(" ").map((ending) => [ending, type])),
);

/** A file of an unknown type: browsers offer to save it, and with `nosniff` they do nothing else with it. */
const UNKNOWN = "application/octet-stream";

/**
 * Finds the media type of a file.
 *
 * @param name The name of the file.
 * @returns The value of `Content-Type`; text is said to be UTF-8.
 */
export function findMediaType(name: string): string {
  const dot = name.lastIndexOf(".");
  const type = BY_ENDING.get(name.slice(dot + 1).toLowerCase());
  if (dot < 0 || type === undefined) return UNKNOWN;
  return type.startsWith("text/") ? `${type}; charset=utf-8` : type;
}

/**
 * Says whether files of a type become smaller when they are compressed.
 *
 * @param type The value of `Content-Type`.
 * @returns Whether a compressed form is worth looking for.
 */
export function isCompressible(type: string): boolean {
  return /^text\/|[/+](?:json|xml|yaml|wasm|rtf|x-tar|bmp|otf|ttf|vnd\.microsoft\.icon)$/.test(
    type.split(";", 1)[0] ?? "",
  );
}
