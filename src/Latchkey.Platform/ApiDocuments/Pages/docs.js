"use strict";

const place = document.getElementById("documents");

window.ui = SwaggerUIBundle({
  dom_id: "#documents",
  urls: JSON.parse(place.dataset.list),
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: "StandaloneLayout",
  deepLinking: true,
  tryItOutEnabled: true,
  // Documents are not sent to the validator of Swagger UI's makers.
  validatorUrl: null,
});
