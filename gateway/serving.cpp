#include "gateway/serving.h"

#include <algorithm>
#include <utility>

#include "assay/http/certificates.h"
#include "gateway/vote.h"

namespace assay::gateway {
namespace {

server::HttpClientOptions client_options(const Upstream& upstream) {
  server::HttpClientOptions options;
  options.tls = upstream.address.tls;
  options.host = upstream.address.host;
  options.port = upstream.address.port;
  if (options.tls) options.trusted = http::trusted_certificates(true);
  options.connections = upstream.at_once;
  options.kept = upstream.at_once;
  return options;
}

}  // namespace

ServedModel::ServedModel(server::HttpServer& server, const Upstream& upstream, const Breaker& settings)
    : address(upstream.address),
      at_once(upstream.at_once),
      client(server, client_options(upstream)),
      breaker(settings) {}

ServingFiles read_serving_files(const ServingPlaces& places) {
  ServingFiles files;
  const std::shared_ptr<Configuration> configuration = read_configuration(places.models, places.environment);
  configuration->client_key = places.client_key;
  files.configuration = configuration;
  if (!places.ensemble.empty()) {
    files.ensemble = std::make_shared<const ServedEnsemble>(places.ensemble, *configuration);
  }
  if (places.router.empty()) return files;
  const auto router = std::make_shared<const routing::RouterFile>(places.router, file::MappedFile::Keep::in_memory);
  files.decider = std::make_shared<const Decider>(router, files.configuration);
  return files;
}

std::shared_ptr<const Serving> make_serving(server::HttpServer& server, ServingFiles files, const Serving* before) {
  const auto serving = std::make_shared<Serving>();
  serving->configuration = std::move(files.configuration);
  serving->decider = std::move(files.decider);
  serving->ensemble = std::move(files.ensemble);
  for (const Upstream& upstream : serving->configuration->models) {
    const std::size_t at = before ? before->configuration->model_of(upstream.name) : kNone;
    const std::shared_ptr<ServedModel> kept = at == kNone ? nullptr : before->models[at];
    const Breaker& settings = serving->configuration->breaker;
    if (kept && kept->address == upstream.address && kept->at_once == upstream.at_once) {
      kept->breaker.set(settings);
      serving->models.push_back(kept);
    } else {
      serving->models.push_back(std::make_shared<ServedModel>(server, upstream, settings));
    }
  }
  return serving;
}

}  // namespace assay::gateway
