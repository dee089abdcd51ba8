// Producers: authenticated principal and tool family. A fact is stored per producer. Thread rule: compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "authz/view/view.h"
#include "authz/write/write_session.h"
#include "base/words.h"
#include "cadastre/record/catalog.pb.h"

namespace cadastre::catalog {

// How much a producer's word weighs. It comes from the door and the principal's class, never from the payload.
enum class Rank : uint32_t { kInference = 1, kCrawl = 2, kDeclared = 3, kPerson = 4 };

struct Producer {
  uint32_t number = 0;
  record::Producer record;
};

// Tool of what a person edits by hand.
inline constexpr std::string_view kPersonTool = "person";

// The producer of the session's viewer with this tool, interned on first use.
// Errors: those of WriteSession::InternNumber.
StatusOr<Producer> InternProducer(authz::WriteSession& session, std::string_view tool, Rank rank);

// Who stands behind a number; nullopt for numbers never given out.
std::optional<record::Producer> FindProducer(const authz::GovernedView& view, uint32_t number);

}  // namespace cadastre::catalog
