// The page /schema: the API described by the hub itself, readable and usable without any other server.
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";
import "./styles/schema.css";

const place = document.querySelector<HTMLElement>("#schema");
if (place) {
  SwaggerUI({
    domNode: place,
    url: place.dataset.url,
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    docExpansion: "list",
    tryItOutEnabled: false,
    validatorUrl: null,
  });
}
