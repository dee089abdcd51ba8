// Comparing two answers, after taking away only what is opaque by design.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "tests/integration/doors_noninterference/audit_check.h"
#include "tests/integration/doors_noninterference/world.h"

namespace cadastre::noninterference {

// One call, all its pages; the audit record of each must name just what the page shows.
struct Transcript {
  // Code and text, or the answer; one a page.
  std::vector<std::string> pages;
  // Nothing of what the RPC is asked for is in any page.
  bool empty = true;
  // Every asset named in an answer.
  std::set<std::string> named;
  // What is wrong with the audit; empty where nothing is.
  std::string audit;
};

// `check`: null compares no records.
Transcript Ask(World& world, const std::string& method, const Message& request, const AuditCheck* check);

// Two texts line by line: what differs.
std::string DifferenceOf(const Transcript& whole, const Transcript& without);

}  // namespace cadastre::noninterference
