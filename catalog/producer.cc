#include "catalog/producer.h"

#include "base/status.h"

namespace cadastre::catalog {
namespace {

constexpr char kProducerSpace = 'p';
// Stands in no principal id and no tool name.
constexpr char kSeparator = '\x1f';

}  // namespace

StatusOr<Producer> InternProducer(authz::WriteSession& session, std::string_view tool, Rank rank) {
  const std::string& principal = session.viewer().principal();
  const auto weight = static_cast<uint32_t>(rank);
  Producer producer;
  ASSIGN_OR_RETURN(producer.number,
                   session.InternNumber(kProducerSpace, base::Cat(principal, std::string(1, kSeparator), tool,
                                                                  std::string(1, kSeparator), weight)));
  producer.record.set_principal(principal);
  producer.record.set_tool(std::string(tool));
  producer.record.set_rank(weight);
  return producer;
}

std::optional<record::Producer> FindProducer(const authz::GovernedView& view, uint32_t number) {
  const auto text = view.InternedText(kProducerSpace, number);
  if (!text.ok() || !*text) return std::nullopt;
  const std::string& whole = **text;
  const size_t first = whole.find(kSeparator);
  const size_t last = whole.rfind(kSeparator);
  if (first == std::string::npos || first == last) return std::nullopt;
  record::Producer producer;
  producer.set_principal(whole.substr(0, first));
  producer.set_tool(whole.substr(first + 1, last - first - 1));
  producer.set_rank(static_cast<uint32_t>(whole[last + 1] - '0'));
  return producer;
}

}  // namespace cadastre::catalog
