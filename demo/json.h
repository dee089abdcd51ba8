// JSON values of the generator: Boost.JSON, whose objects keep the order in which members were put.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace cadastre::demo {

namespace json = boost::json;

// An array of objects or of words. Boost's own braces turn a list of one into a copy of its element.
inline json::array List(std::initializer_list<json::object> objects) {
  json::array list;
  for (const json::object& object : objects) list.emplace_back(object);
  return list;
}

inline json::array Words(std::initializer_list<std::string> words) {
  json::array list;
  for (const std::string& word : words) list.emplace_back(word);
  return list;
}

}  // namespace cadastre::demo
