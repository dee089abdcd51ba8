#include "ingestors/runner/name_filter.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace cadastre::ingest {
namespace {

struct Piece {
  std::string text;
  bool quoted = false;
};

absl::StatusOr<std::vector<Piece>> PiecesOf(std::string_view text) {
  std::vector<Piece> pieces(1);
  for (size_t at = 0; at < text.size(); ++at) {
    Piece& piece = pieces.back();
    if (text[at] == '.') {
      pieces.emplace_back();
      continue;
    }
    if (text[at] != '"' || !piece.text.empty() || piece.quoted) {
      if (piece.quoted) return base::InvalidArgument("letters behind a closed quote");
      piece.text += text[at];
      continue;
    }
    piece.quoted = true;
    for (++at;; ++at) {
      if (at >= text.size()) return base::InvalidArgument("a quote that is not closed");
      if (text[at] == '"') {
        if (at + 1 >= text.size() || text[at + 1] != '"') break;
        ++at;
      }
      piece.text += text[at];
    }
  }
  for (const Piece& piece : pieces) {
    if (piece.text.empty()) return base::InvalidArgument("an empty level");
  }
  return pieces;
}

bool GlobMatches(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0;
  // Where the last `*` stood, and how much of the text it has taken.
  size_t star = std::string_view::npos, taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      // One letter, not one byte of it.
      const bool letter = pattern[p] == '?';
      ++p;
      ++t;
      while (letter && t < text.size() && (static_cast<unsigned char>(text[t]) & 0xC0) == 0x80) ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> LevelsOfName(std::string_view name) {
  ASSIGN_OR_RETURN(std::vector<Piece> pieces, PiecesOf(name));
  std::vector<std::string> levels;
  for (Piece& piece : pieces) levels.push_back(std::move(piece.text));
  return levels;
}

std::string NameOfLevels(const std::vector<std::string>& levels) {
  std::string name;
  for (const std::string& level : levels) {
    if (!name.empty()) name += '.';
    if (level.find_first_of(".\"") == std::string::npos) {
      name += level;
      continue;
    }
    name += '"';
    for (const char c : level) name.append(c == '"' ? 2 : 1, c);
    name += '"';
  }
  return name;
}

absl::StatusOr<NameFilter::Pattern> NameFilter::Parse(size_t levels, std::string_view text) {
  absl::StatusOr<std::vector<Piece>> pieces = PiecesOf(text);
  if (!pieces.ok()) return base::InvalidArgument("the pattern `", text, "` has ", base::MessageOf(pieces.status()));
  if (pieces->size() > levels) {
    return base::InvalidArgument("the pattern `", text, "` has ", pieces->size(), " levels; names here have ", levels);
  }
  Pattern pattern;
  for (Piece& piece : *pieces) pattern.push_back({std::move(piece.text), piece.quoted});
  return pattern;
}

absl::StatusOr<NameFilter> NameFilter::Make(size_t levels, const std::vector<std::string>& include,
                                            const std::vector<std::string>& exclude) {
  NameFilter filter;
  for (const std::string& text : include) {
    ASSIGN_OR_RETURN(Pattern pattern, Parse(levels, text));
    filter.include_.push_back(std::move(pattern));
  }
  for (const std::string& text : exclude) {
    ASSIGN_OR_RETURN(Pattern pattern, Parse(levels, text));
    filter.exclude_.push_back(std::move(pattern));
  }
  return filter;
}

bool NameFilter::Matches(const Pattern& pattern, const std::vector<std::string>& name) {
  if (pattern.size() > name.size()) return false;
  const size_t skipped = name.size() - pattern.size();
  for (size_t i = 0; i < pattern.size(); ++i) {
    const std::string& level = name[skipped + i];
    if (!(pattern[i].quoted ? pattern[i].text == level : GlobMatches(pattern[i].text, level))) return false;
  }
  return true;
}

bool NameFilter::Takes(const std::vector<std::string>& name) const {
  const auto matches = [&](const Pattern& pattern) { return Matches(pattern, name); };
  if (!include_.empty() && std::none_of(include_.begin(), include_.end(), matches)) return false;
  return std::none_of(exclude_.begin(), exclude_.end(), matches);
}

}  // namespace cadastre::ingest
