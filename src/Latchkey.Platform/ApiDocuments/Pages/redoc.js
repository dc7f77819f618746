"use strict";

const place = document.getElementById("document");

Redoc.init(place.dataset.address, { hideDownloadButtons: false, scrollYOffset: "nav" }, place);
