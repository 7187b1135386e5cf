"""Create the MLflow database and experiment once, before stages that may run side by side need them."""

from pipelines.track import connect

if __name__ == "__main__":
    connect()
