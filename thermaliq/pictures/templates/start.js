const options = {
  responsive: true,
  displaylogo: false,
  plotlyServerURL: "",
  showSendToCloud: false,
  modeBarButtonsToRemove: ["select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d"],
};
for (const place of document.querySelectorAll("[data-figure]")) {
  const figure = JSON.parse(document.getElementById("figure-" + place.dataset.figure).textContent);
  Plotly.newPlot(place, figure.data, figure.layout, options);
}
