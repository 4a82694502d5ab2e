/* The formats of `--export`, one line each: an extension, and with it the name for --format and the descriptor export_NAME.
 * Messages, help and documents list them in this order. */
EXPORT(json)
EXPORT(csv)
EXPORT(md)
EXPORT(html)
EXPORT(xml)
EXPORT(github)
EXPORT(ndjson)
EXPORT(comment)
