/**
 * Starts the service that is written in plain JavaScript: `service.js` in this folder is the example.
 *
 * @module
 */
import "./service.js";
