// Text of sources and for files: mended, cut and quoted.
//
// Thread rule: safe.
// Deliberately does not: make text fit for a terminal (client/text_width does).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cadastre::ingest {

// The text as the catalog takes it: what is no UTF-8 and U+0000 become U+FFFD, at most `bytes_max` bytes of it.
std::string Mended(std::string_view text, size_t bytes_max);

// In double quotes, as JSON writes it. `text` is valid UTF-8.
std::string JsonQuoted(std::string_view text);

// In single quotes, as a POSIX shell reads it back.
std::string ShellQuoted(std::string_view text);

}  // namespace cadastre::ingest
