#include "base/asset_name.h"

#include <array>
#include <optional>

#include "base/check.h"
#include "base/limits.h"
#include "base/status.h"
#include "base/utf8.h"

namespace cadastre::base {

namespace {

constexpr std::array<std::string_view, kAssetKindMax> kKindWords = {
    "dataset", "job", "dashboard", "chart", "model", "feature", "container", "glossary_term", "domain", "data_product"};

absl::Status CheckPart(std::string_view field, std::string_view text, size_t bytes_max) {
  if (text.size() > bytes_max) return InvalidField(field, Cat("at most ", bytes_max, " bytes, not ", text.size()));
  if (text.find('\0') != std::string_view::npos) return InvalidField(field, "text without U+0000");
  if (!IsValidUtf8(text)) return InvalidField(field, "valid UTF-8");
  return absl::OkStatus();
}

std::optional<std::string> DecodeNamespace(std::string_view text) {
  std::string ns;
  ns.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      ns.push_back(text[i]);
      continue;
    }
    const std::string_view code = text.substr(i + 1, 2);
    if (code != "25" && code != "23") return std::nullopt;
    ns.push_back(code == "25" ? '%' : '#');
    i += 2;
  }
  return ns;
}

}  // namespace

std::string_view AssetKindWord(AssetKind kind) {
  const auto number = static_cast<uint8_t>(kind);
  CHECK(number >= 1 && number <= kAssetKindMax) << static_cast<int>(number);
  return kKindWords[number - 1];
}

absl::StatusOr<AssetKind> ParseAssetKind(std::string_view word) {
  for (uint8_t number = 1; number <= kAssetKindMax; ++number) {
    if (kKindWords[number - 1] == word) return static_cast<AssetKind>(number);
  }
  std::string expected = "one of";
  for (const std::string_view known : kKindWords) expected += Cat(" ", known);
  return InvalidField("kind", expected);
}

absl::StatusOr<AssetKind> AssetKindFromNumber(uint8_t number) {
  if (number < 1 || number > kAssetKindMax) return DataLoss("no asset kind ", static_cast<int>(number));
  return static_cast<AssetKind>(number);
}

absl::Status CheckAssetName(const AssetName& asset) {
  const auto kind = static_cast<uint8_t>(asset.kind);
  if (kind < 1 || kind > kAssetKindMax) return InvalidField("kind", "a known kind");
  RETURN_IF_ERROR(CheckPart("namespace", asset.ns, kNamespaceBytesMax));
  if (asset.name.empty()) return InvalidField("name", "at least 1 byte");
  return CheckPart("name", asset.name, kNameBytesMax);
}

absl::StatusOr<AssetName> MakeAssetName(std::string_view kind_word, std::string_view ns, std::string_view name) {
  ASSIGN_OR_RETURN(const AssetKind kind, ParseAssetKind(kind_word));
  // Before anything is copied: a refused name may be as large as a body.
  if (ns.size() > kNamespaceBytesMax) return CheckPart("namespace", ns, kNamespaceBytesMax);
  if (name.size() > kNameBytesMax) return CheckPart("name", name, kNameBytesMax);
  AssetName asset{kind, std::string(ns), std::string(name)};
  RETURN_IF_ERROR(CheckAssetName(asset));
  return asset;
}

std::string AssetNameText(const AssetName& asset) {
  std::string text = Cat(AssetKindWord(asset.kind), ":");
  for (const char c : asset.ns) {
    if (c == '%') {
      text += "%25";
    } else if (c == '#') {
      text += "%23";
    } else {
      text.push_back(c);
    }
  }
  text.push_back('#');
  text += asset.name;
  return text;
}

absl::StatusOr<AssetName> ParseAssetName(std::string_view text) {
  const size_t colon = text.find(':');
  const size_t hash = text.find('#');
  if (colon == std::string_view::npos || hash == std::string_view::npos || hash < colon) {
    return InvalidField("asset", "kind:namespace#name");
  }
  const std::string_view encoded = text.substr(colon + 1, hash - colon - 1);
  // Three bytes of text are at most one byte of the namespace.
  if (encoded.size() > 3 * kNamespaceBytesMax) {
    return InvalidField("namespace", Cat("at most ", kNamespaceBytesMax, " bytes"));
  }
  const std::optional<std::string> ns = DecodeNamespace(encoded);
  if (!ns.has_value()) return InvalidField("namespace", "% only as %25 and # only as %23");
  return MakeAssetName(text.substr(0, colon), *ns, text.substr(hash + 1));
}

std::ostream& operator<<(std::ostream& out, const AssetName& asset) { return out << AssetNameText(asset); }

}  // namespace cadastre::base
