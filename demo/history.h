// Ninety days of the company as OpenLineage events, in the order a server would receive them.
//
// Pure; compatible. Each event says when it was sent and when it happened; the two differ for the one that comes late.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "demo/json.h"
#include "demo/scene.h"

namespace cadastre::demo {

struct Event {
  int64_t time = 0;
  int64_t sent_at = 0;
  // Names the change of the story this event tells first; empty for most.
  std::string tag;
  json::object body;
};

std::vector<Event> History(const Scene& scene);

// The change log of the company: what changed, when, and in which line of the events it is told.
json::object Story(const Scene& scene, const std::vector<Event>& events);

// What a steward sets through the API and OpenLineage cannot say; its shape is told in README.md.
json::object Governance(const Scene& scene);

// {"kind", "namespace", "name"}.
json::object Ref(const char* kind, std::string_view ns, std::string_view name);

}  // namespace cadastre::demo
